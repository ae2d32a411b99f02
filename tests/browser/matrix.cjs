// The picture of clusters side by side: the table of faults alone, of one page of `haproof matrix`.
//
//   node matrix.cjs MATRIX.html CHROMIUM PICTURE.png
"use strict";

const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const [page_, executablePath, picture] = process.argv.slice(2);

const DENSE = `
  h1, th .note { display: none }
  td ul.plain li { display: inline }
  td ul.plain li + li::before { content: "; " }
`;

async function main() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext({
    viewport: { width: 1000, height: 900 },
    colorScheme: "light",
    offline: true,
    bypassCSP: true,
  });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.resolve(page_)).href);
  await page.addStyleTag({ content: DENSE });
  const table = await page.locator("table").first().boundingBox();
  const clip = { x: 0, y: Math.floor(table.y), width: 1000, height: Math.ceil(table.height) };
  await page.screenshot({ path: picture, clip, fullPage: true });
  await browser.close();
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

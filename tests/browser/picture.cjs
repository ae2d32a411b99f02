// The pictures of the README: the first screen, and two charts, of one report.
//
//   node picture.cjs REPORT.html CHROMIUM FOLDER
"use strict";

const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const [report, executablePath, folder] = process.argv.slice(2);

const CHARTS_ALONE = `
  body > header, footer, nav, main > :not(#results), #results > :not(#val13, #val14),
  details.result > :not(summary, figure), details.result > figure ~ figure { display: none }
  #results { border: 0; margin: 0; padding-block: 1rem }
`;

async function main() {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: "light",
    offline: true,
    bypassCSP: true,
  });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.resolve(report)).href);
  const readiness = await page.locator("#readiness").boundingBox();
  const height = Math.ceil(readiness.y + readiness.height);
  await page.screenshot({ path: path.join(folder, "report.png"), clip: { x: 0, y: 0, width: 1280, height }, fullPage: true });
  await page.addStyleTag({ content: CHARTS_ALONE });
  await page.evaluate(() => document.querySelectorAll("details.result").forEach((part) => { part.open = true; }));
  const charts = await page.locator("#results").boundingBox();
  const clip = { x: 0, y: charts.y, width: 1280, height: Math.ceil(charts.height) };
  await page.screenshot({ path: path.join(folder, "report-charts.png"), clip, fullPage: true });
  await browser.close();
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

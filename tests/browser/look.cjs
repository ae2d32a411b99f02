// Opens one report in headless Chromium the way readers do, and prints what was seen as one JSON document.
//
//   node look.cjs REPORT.html CHROMIUM FOLDER [keep] [quick]
//
// FOLDER gets the printed PDF and, with `keep`, a screenshot of each way of reading (they take most of the time).
// `quick` only measures the page, as it is 1280 and 360 pixels wide.
"use strict";

const path = require("node:path");
const { pathToFileURL } = require("node:url");
const axe = require("axe-core");
const { chromium } = require("playwright-core");

const [report, executablePath, folder, ...flags] = process.argv.slice(2);
const keep = flags.includes("keep");
const quick = flags.includes("quick");
const address = pathToFileURL(path.resolve(report)).href;

const READINGS = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  narrow: { viewport: { width: 360, height: 740 }, colorScheme: "light" },
  wide: { viewport: { width: 1920, height: 1080 }, colorScheme: "light" },
  widest: { viewport: { width: 2560, height: 1300 }, colorScheme: "light" },
};

const A4_CONTENT_PX = 680; // 210 mm less two margins of 15 mm, at 96 px an inch

/** As a reader has it: from disk, offline, with scripts off and the page's own policy in force. */
async function opened(browser, reading) {
  const context = await browser.newContext({ ...reading, offline: true, javaScriptEnabled: false });
  const page = await context.newPage();
  const said = [];
  const asked = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(address);
  return { context, page, said, asked };
}

/** How far anything reaches over the right edge, and whether the style sheet was let in. */
function measure() {
  const edge = document.documentElement.clientWidth;
  const over = [];
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest(".scroll, pre, .skip") && !element.matches(".scroll, pre")) continue;
    const box = element.getBoundingClientRect();
    if (box.width && box.right > edge + 1) over.push(`${element.tagName} ${element.textContent.slice(0, 40)}`);
  }
  return {
    scrolls: document.documentElement.scrollWidth - edge,
    over: over.slice(0, 5),
    styled: getComputedStyle(document.querySelector("h1")).fontWeight === "700",
    paper: getComputedStyle(document.body).backgroundColor,
  };
}

/** How tall the page is, how far its content reaches, and the text of its first screen (two on a phone). */
function extent() {
  const screen = innerWidth < 600 ? 2 * innerHeight : innerHeight;
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility()) continue; // what is in a closed fold has a place, but is not seen
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.height && box.bottom <= screen) words.push(node.textContent);
  }
  const main = document.querySelector("main").getBoundingClientRect();
  return { height: document.documentElement.scrollHeight, width: main.width, first: words.join("") };
}

/** Cells that hold more than fits between their rules, and lines of text that lie on one another. */
function crowded() {
  const cells = [...document.querySelectorAll("th, td, dt, dd, summary")].filter(
    (cell) => cell.clientHeight && !cell.closest("figure") && cell.scrollHeight > cell.clientHeight + 1,
  );
  const lines = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.textContent.trim() || node.parentElement.closest("svg, caption, .skip")) continue;
    if (!node.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const place = node.parentElement.closest(".scroll, pre");
    const edge = place ? place.getBoundingClientRect().right : Infinity; // what is beyond it is scrolled to
    for (const box of range.getClientRects()) {
      if (box.left < edge) lines.push({ box, text: node.textContent.slice(0, 40), right: Math.min(box.right, edge) });
    }
  }
  const slack = 4; // descenders and ascenders of neighbouring lines may share a few pixels
  const over = [];
  for (let n = 0; n < lines.length; n += 1) {
    for (let other = n + 1; other < lines.length; other += 1) {
      const one = lines[n].box;
      const two = lines[other].box;
      const down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
      const across = Math.min(lines[n].right, lines[other].right) - Math.max(one.left, two.left);
      if (down > slack && across > 1) over.push(`${lines[n].text} | ${lines[other].text}`);
    }
  }
  return { cells: cells.map((cell) => cell.textContent.slice(0, 60)), over: over.slice(0, 5) };
}

/** Dates and times of day of which a part is on the next line. */
function parted() {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector("body"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility()) continue;
    for (const date of node.textContent.matchAll(/\d{4}-\d\d-\d\d|\d\d:\d\d(:\d\d)?/g)) {
      const range = document.createRange();
      range.setStart(node, date.index);
      range.setEnd(node, date.index + date[0].length);
      const lines = new Set([...range.getClientRects()].filter((box) => box.width).map((box) => Math.round(box.top)));
      if (lines.size > 1) found.push(node.textContent.slice(0, 60));
    }
  }
  return found.slice(0, 5);
}

/** Tables that go on beyond their place, and whether that place shows it (a shadow at its edge). */
function cutTables() {
  return [...document.querySelectorAll(".scroll")]
    .filter((place) => place.checkVisibility() && place.scrollWidth > place.clientWidth + 1)
    .filter((place) => !getComputedStyle(place).backgroundImage.includes("gradient"))
    .map((place) => place.textContent.slice(0, 60));
}

/** On paper nothing scrolls: whatever is wider than its place is cut. */
function cutOnPaper() {
  const cut = [];
  for (const element of document.querySelectorAll("body *")) {
    if (getComputedStyle(element).position === "absolute" || element.closest("svg")) continue;
    if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline") {
      cut.push(element);
    }
  }
  const closed = [...document.querySelectorAll("details > :not(summary)")].filter(
    (element) => !element.getBoundingClientRect().height,
  );
  const inner = cut.filter((element) => !cut.some((other) => other !== element && element.contains(other)));
  return { cut: inner.map((element) => element.outerHTML.slice(0, 120)), closed: closed.length };
}

/** Every place that should be reached by keyboard, in the order of the document. */
function reachable() {
  const places = document.querySelectorAll("a[href], summary, [tabindex='0']");
  return [...places].filter((place) => place.checkVisibility()).map((place) => place.outerHTML.slice(0, 120));
}

/** Tab by tab through the page, until the focus leaves it or comes back to where it began. */
async function tabbed(page, most) {
  const reached = [];
  for (let n = 0; n < most + 5; n += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const place = document.activeElement;
      if (!place || place === document.body) return null;
      const outline = getComputedStyle(place);
      return { html: place.outerHTML.slice(0, 120), seen: outline.outlineStyle !== "none" && outline.outlineWidth !== "0px" };
    });
    if (!focus || (reached.length && focus.html === reached[0].html && reached.length >= most)) break;
    reached.push(focus);
  }
  return reached;
}

/** axe-core needs scripts and a page that lets it in; this is the one reading that gives it both. */
async function violations(browser, reading) {
  const context = await browser.newContext({ ...reading, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(address);
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  await context.close();
  return found.violations.map((rule) => ({
    rule: rule.id,
    help: rule.help,
    places: rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)),
  }));
}

async function main() {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  const seen = {};
  for (const [name, reading] of Object.entries(READINGS)) {
    if (quick && name !== "light" && name !== "narrow") continue;
    const { context, page, said, asked } = await opened(browser, reading);
    seen[name] = {
      said,
      asked,
      ...(await page.evaluate(measure)),
      ...(await page.evaluate(extent)),
      folded: await page.evaluate(crowded),
    };
    if (keep) await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: !name.startsWith("wide") });
    if (quick) {
      await context.close();
      continue;
    }
    if (name === "light") {
      const places = await page.evaluate(reachable);
      seen[name].places = places;
      seen[name].tabbed = await tabbed(page, places.length);
      await page.pdf({ path: path.join(folder, "print.pdf"), preferCSSPageSize: true, printBackground: true });
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize({ width: A4_CONTENT_PX, height: 900 });
      seen.print = await page.evaluate(cutOnPaper);
    }
    await page.emulateMedia({ media: "screen" });
    await page.setViewportSize(reading.viewport);
    await page.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
    seen[name].opened = await page.evaluate(crowded);
    seen[name].parted = await page.evaluate(parted);
    seen[name].cut = await page.evaluate(cutTables);
    await context.close();
    if (!name.startsWith("wide")) seen[name].violations = await violations(browser, reading);
  }
  await browser.close();
  process.stdout.write(JSON.stringify(seen));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

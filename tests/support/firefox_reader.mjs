// Opens pages in Firefox and runs scripts on them; exchanges one JSON value a line, as webkitgtk_reader.py does.
// Playwright cannot drive a Firefox that it has not built itself: this one is driven over WebDriver BiDi.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const SECONDS = 90; // for one page with its script
const [program, profile] = process.argv.slice(2);

// In the process group of this program, which is killed as a whole.
const firefox = spawn(program, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"], {
  stdio: ["ignore", "ignore", "pipe"],
});

const listening = async () => {
  for await (const line of createInterface({ input: firefox.stderr })) {
    const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
    if (address) return `${address}/session`;
  }
  throw new Error(`${program} has ended`);
};

const browserWSEndpoint = await listening();
firefox.stderr.resume();
const connection = { browserWSEndpoint, protocol: "webDriverBiDi", protocolTimeout: SECONDS * 1000 };
const browser = await puppeteer.connect(connection);
const page = await browser.newPage();

let sent = [];
page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));

const read = async ({ address, script }) => {
  sent = [];
  try {
    await page.goto(address, { timeout: SECONDS * 1000 });
    const value = await page.evaluate(`(async () => { ${script} })()`);
    return { value: value ?? null, sent };
  } catch (error) {
    return { error: String(error), sent };
  }
};

let opened = false;
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (opened) console.log(JSON.stringify(await read(message)));
  else {
    await page.setViewport({ width: message.width, height: message.height });
    await page.evaluateOnNewDocument(message.first);
    opened = true;
  }
}
await browser.close().catch(() => {});
firefox.kill();

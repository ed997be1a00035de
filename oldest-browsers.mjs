// What the oldest browsers that package.json names (browserslist) do not know, from MDN's data of browsers.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import browserslist from "browserslist";

const { api, css, javascript } = createRequire(import.meta.url)("@mdn/browser-compat-data");

// browserslist has no older version of Chrome for Android, nor of WebView: theirs is Chrome's.
const NAMES = {
  chrome: ["chrome", "chrome_android", "webview_android"],
  firefox: ["firefox"],
  ios_saf: ["safari_ios"],
  safari: ["safari"],
};

const OLDEST = browserslist(undefined, { path: fileURLToPath(import.meta.url) }).flatMap((browser) => {
  const [name, version] = browser.split(" ");
  return NAMES[name].map((engine) => [engine, version.split("-")[0]]);
});

// Versions are compared number by number: 13.10 is later than 13.4. Without a version, it is not there.
const reached = (since, version) => {
  if (typeof since !== "string" || !/\d/.test(since)) return false;
  const [asked, had] = [since.replace("≤", ""), version].map((each) => each.split(".").map(Number));
  const at = asked.findIndex((number, place) => number !== (had[place] ?? 0));
  return at < 0 || asked[at] < (had[at] ?? 0);
};

const works = (entry, version) =>
  reached(entry.version_added, version) &&
  !reached(entry.version_removed, version) &&
  !(entry.flags || entry.prefix || entry.alternative_name);

const known = ({ support }) =>
  OLDEST.every(([engine, version]) => [support[engine] ?? []].flat().some((entry) => works(entry, version)));

// Every feature below `tree`: its name, and whether all of the oldest browsers know it.
const features = (tree) =>
  Object.entries(tree)
    .filter(([name]) => name !== "__compat")
    .flatMap(([name, each]) => [...(each.__compat ? [[name, known(each.__compat)]] : []), ...features(each)]);

// A name that is known in one place may be meant wherever it is used.
const unknown = (found) => {
  const fine = new Set(found.filter(([, has]) => has).map(([name]) => name));
  return [...new Set(found.map(([name]) => name))].filter((name) => !fine.has(name));
};

const flat = (tree) =>
  Object.entries(tree).flatMap(([name, { __compat: compat }]) => (compat ? [[name, known(compat)]] : []));

export const PROPERTIES = unknown(flat(css.properties)).filter((name) => !name.startsWith("-"));
export const PSEUDO = unknown(flat(css.selectors)).filter((name) => !name.startsWith("-"));
export const FUNCTIONS = unknown(features(css.types));

const STATIC = "_static";
const members = Object.entries(api).flatMap(([object, tree]) =>
  flat(tree).map(([name, has]) => ({ object, name, has })),
);

// [object, property]: AbortSignal.timeout
export const STATICS = members
  .filter(({ name, has }) => name.endsWith(STATIC) && !has)
  .map(({ object, name }) => [object, name.slice(0, -STATIC.length)]);

// [property]: replaceChildren. A linter does not know whose property it is: one is named if no object of a page had it.
const OF_A_PAGE =
  /^(Document|Element|Event|FormData|Headers|History|HTML\w+|Location|Navigator|Node|Request|Response|URL\w*|Window)$/;
export const METHODS = unknown([
  ...members
    .filter(({ object, name, has }) => !name.includes("_") && (has || OF_A_PAGE.test(object)))
    .map(({ name, has }) => [name, has]),
  ...features(javascript.builtins).map(([name]) => [name, true]),
]);

// Refuses what Safari 13.1, Chrome 80 or Firefox 78 would read otherwise. `make check` runs it.
import { FUNCTIONS, PROPERTIES, PSEUDO } from "./oldest-browsers.mjs";

// Where a browser does not know one of these, the text is the same, with a plainer look. All others hide, move or cut.
const ONLY_PLAINER = [
  "accent-color", // ticks have the browser's colour
  "color-scheme", // scroll bars and controls stay light in the dark
  "scroll-behavior", // a link jumps
  "text-decoration-thickness", // an underline is as thick as the browser draws it
  "text-size-adjust", // iOS has it with a prefix, and nothing else needs it
  "text-underline-offset", // and as near
  "text-wrap", // lines end anywhere
];

// doiuse asks whether a browser knows all of a feature. Of these, the rules below name the part that is missing.
const PARTS = [
  "css-gradients", // how a colour mixes with `transparent`
  "css-overflow", // `clip`
  "css-sticky", // sticky parts of tables, of which there are none
  "multicolumn", // breaks of columns, of which there are none; those of paper are known
  "text-decoration", // the shorthand with more than a line
];

// doiuse names these, and where they are used.
const REPORTED_ALREADY = ["focus-visible", "has", "marker", "where"];

export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  reportDescriptionlessDisables: true,
  reportNeedlessDisables: true,
  rules: {
    "plugin/no-unsupported-browser-features": [true, { ignore: PARTS }],
    "property-disallowed-list": PROPERTIES.filter((name) => !ONLY_PLAINER.includes(name)),
    "function-disallowed-list": FUNCTIONS,
    "selector-pseudo-class-disallowed-list": PSEUDO.filter((name) => !REPORTED_ALREADY.includes(name)),
    "selector-pseudo-element-disallowed-list": PSEUDO.filter((name) => !REPORTED_ALREADY.includes(name)),
    // With more than a line, or with a variable, Safari draws none at all, and no link shows.
    "declaration-property-value-allowed-list": { "text-decoration": ["none", "underline"] },
    "declaration-property-value-disallowed-list": { "/^overflow/": ["clip"] },
  },
};

// Refuses what Safari 13.1, Chrome 80 or Firefox 78 could not run. `make check` runs it.
import compat from "eslint-plugin-compat";
import esx from "eslint-plugin-es-x";
import { METHODS, STATICS } from "./oldest-browsers.mjs";

const message = "The oldest browsers that package.json names do not have it.";

export default [
  { files: ["**/*.js"], linterOptions: { reportUnusedDisableDirectives: "error" } },
  compat.configs["flat/recommended"],
  esx.configs["flat/restrict-to-es2020"],
  {
    languageOptions: { ecmaVersion: 2020, sourceType: "module" },
    settings: { "es-x": { aggressive: true } },
    rules: {
      // ES2018 and ES2020, but not in Safari before 16.4 and 14.1.
      "es-x/no-regexp-lookbehind-assertions": "error",
      "es-x/no-export-ns-from": "error",
      "no-restricted-properties": [
        "error",
        ...STATICS.map(([object, property]) => ({ object, property, message })),
        ...METHODS.map((property) => ({ property, message })),
      ],
    },
  },
];

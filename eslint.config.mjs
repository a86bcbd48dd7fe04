/**
 * The rules of the house that a program can hold: types without escape hatches, promises that nobody forgets, functions that fit
 * on a screen, names that say what they hold. Where code may import from is `.dependency-cruiser.cjs`.
 */
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const size = (functionLines) => ({
  "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
  "max-lines-per-function": ["error", { max: functionLines, skipBlankLines: true, skipComments: true, IIFEs: true }],
});

export default tseslint.config(
  { ignores: ["node_modules/", ".next/", "dist/", ".basehold/", "lib/adapters/store/generated/", "test-results/", "playwright-report/", "next-env.d.ts"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.{ts,tsx,mts}"],
    plugins: { "@typescript-eslint": tseslint.plugin, "react-hooks": reactHooks },
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/ban-ts-comment": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false, prefer: "type-imports", fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false, arguments: false, properties: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/only-throw-error": "error",
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-restricted-syntax": ["error", { selector: "ExportAllDeclaration", message: "No barrels: import from the file that owns the thing." }],
    },
  },
  { files: ["app/**/*.ts", "components/**/*.ts", "lib/**/*.ts", "lab/**/*.ts", "bench/**/*.ts"], rules: size(50) },
  { files: ["**/*.tsx"], rules: size(120) },
  {
    files: ["**/*.test.{ts,tsx}", "**/*.fixture.ts", "e2e/**/*.ts", "e2e/**/*.mts"],
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["lib/stack/**/*.ts", "lib/gateway/**/*.ts", "lib/engine/**/*.ts"],
    ignores: ["**/*.test.ts", "**/*.fixture.ts"],
    rules: {
      "no-restricted-globals": ["error", ...["process", "fetch"].map((name) => ({ name, message: "A pure room touches nothing: take it as an argument." }))],
      "no-restricted-properties": ["error", { object: "Math", property: "random", message: "Random bytes come in as an argument." }],
      "no-restricted-syntax": [
        "error",
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now'], NewExpression[callee.name='Date'][arguments.length=0]", message: "A pure room has no clock: take the time as an argument." },
      ],
    },
  },
  { files: ["lib/cli/**/*.ts", "lab/**/*.{ts,mts}", "bench/**/*.ts", "e2e/**/*.{ts,mts}"], rules: { "no-console": "off" } },
  { files: ["**/*.{mjs,cjs}"], rules: { eqeqeq: "error", "no-eval": "error", ...size(60) } },
);

// Bundles the two pages and lists the licences of what is in them. The files go into the Python package.
import { build } from "esbuild";
import { mkdir, readFile, writeFile } from "node:fs/promises";

const target = new URL("../src/trackway/present/pages/static/", import.meta.url);
await mkdir(target, { recursive: true });

const result = await build({
  entryPoints: ["src/report.tsx", "src/workbench.tsx", "src/style.css"],
  outdir: target.pathname,
  bundle: true,
  minify: true,
  metafile: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
});

const names = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (found) names.add(found[1]);
}
const licences = [];
for (const name of [...names].sort()) {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  licences.push({ name, version, licence: license });
}
await writeFile(new URL("licences.json", target), JSON.stringify(licences, null, 1) + "\n");
for (const [file, { bytes }] of Object.entries(result.metafile.outputs)) console.log(file.split("/").pop(), bytes);

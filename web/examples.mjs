// Reads examples (JSON) from the standard input and prints what the pages make of them; a test compares with Python.
import { build } from "esbuild";
import { text } from "node:stream/consumers";

const entry = ["line", "text", "source"].map((name) => `export * as ${name} from "./src/${name}"`).join(";");
const { outputFiles } = await build({ stdin: { contents: entry, resolveDir: import.meta.dirname }, bundle: true, format: "esm", target: "es2022", write: false });
const { line, text: texts, source } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

const read = (written) => {
  try {
    return line.parse(written).map(({ word, value, not }) => [word, value, not]);
  } catch (error) {
    return error.message.split(";")[0];
  }
};
const made = {
  lines: read,
  visible: texts.visible,
  spoken: texts.spoken,
  endpoint: ([address, port]) => texts.endpoint(address, port),
  emphasised: ([sentence, ...words]) => texts.pieces(sentence, words),
  bins: ([first, last]) => Object.values(source.bins(first, last)),
};
const examples = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(Object.fromEntries(Object.entries(examples).map(([name, rows]) => [name, rows.map(([given]) => made[name](given))]))));

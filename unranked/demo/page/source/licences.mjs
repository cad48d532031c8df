// The notices of the packages that are in the bundle.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

// The name of the package that a bundled file belongs to, or "" for a file of our own.
export function owner(file) {
  const [, ...after] = file.split("node_modules/");
  if (!after.length) return "";
  const [scope, name] = after.at(-1).split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

// slack-blocks-to-jsx comes with parts of another project in it, and without saying so.
const FIRST = `The files blocks.js, blocks.css and htmx.js contain these packages. In slack-blocks-to-jsx there are
also parts of the @yozora packages (MIT, by guanghechen, github.com/guanghechen/yozora).`;

export function licences(packages, names) {
  const notices = names.map((name) => notice(packages, name));
  return `${FIRST}\n\n${notices.join("\n")}`;
}

function notice(packages, name) {
  const folder = join(packages, name);
  const { version, license, author, contributors } = JSON.parse(read(folder, "package.json"));
  const file = readdirSync(folder).filter((one) => /^licen[cs]e/i.test(one)).sort()[0];
  const by = [author, ...(contributors ?? [])].filter(Boolean).map((one) => one.name ?? one)[0];
  const text = file ? read(folder, file) : `Licence: ${license}. Author: ${by ?? "see the package"}.`;
  return `${"=".repeat(80)}\n${name} ${version}: ${license}\n${"=".repeat(80)}\n${tidy(text)}\n`;
}

const read = (folder, name) => readFileSync(join(folder, name), "utf8");
const tidy = (text) => text.replaceAll("\r", "").replace(/[ \t]+$/gm, "").trim();

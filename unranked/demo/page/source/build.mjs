// Writes ../static/blocks.js, blocks.css, htmx.js and LICENSES.txt. The same sources give the same
// bytes: no time, no path and no map is in them. The first line of each says which sources it is of.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { licences, owner } from "./licences.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const STATIC = join(HERE, "..", "static");
const PACKAGES = join(HERE, "node_modules");
const LIBRARY = join(PACKAGES, "slack-blocks-to-jsx", "dist");

// The library gives its frame an id. A page has many messages, and an id only once: the frame goes by
// its class instead. `:is` with the id in it keeps the weight of every rule as it was.
const ID = 'id:"slack_blocks_to_jsx",';
const FRAME = ":is(#slack_blocks_to_jsx,.slack_blocks_to_jsx)";

function sources() {
  const hash = createHash("sha256");
  const files = readdirSync(HERE, { withFileTypes: true });
  const names = files.filter((file) => file.isFile() && !file.name.startsWith("."));
  for (const name of names.map((file) => file.name).sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(HERE, name))).update("\n");
  }
  return hash.digest("hex");
}

const withoutId = {
  name: "without-id",
  setup(bundling) {
    bundling.onLoad({ filter: /slack-blocks-to-jsx[/\\]dist[/\\]index\.mjs$/ }, ({ path }) => {
      const parts = readFileSync(path, "utf8").split(ID);
      if (parts.length !== 3) throw new Error(`Expected the frame's id twice: ${parts.length - 1}`);
      return { contents: parts.join(""), loader: "js" };
    });
  },
};

function style() {
  const given = readFileSync(join(LIBRARY, "style.css"), "utf8").trim();
  if (/url\(|@import|https?:/.test(given)) throw new Error("The library's style loads something.");
  // In a layer, so that a rule of page.css wins without having to be louder.
  return `@layer library{${given.replaceAll("#slack_blocks_to_jsx", FRAME)}}\n`;
}

const first = `/* Built by make page from ${sources()}; notices: LICENSES.txt */`;
const built = await build({
  absWorkingDir: HERE,
  entryPoints: ["blocks.jsx"],
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  charset: "utf8",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [withoutId],
});
const htmx = readFileSync(join(PACKAGES, "htmx.org", "dist", "htmx.min.js"), "utf8").trim();
const bundled = new Set(Object.keys(built.metafile.inputs).map(owner).filter(Boolean));

writeFileSync(join(STATIC, "blocks.js"), `${first}\n${built.outputFiles[0].text}`);
writeFileSync(join(STATIC, "blocks.css"), `${first}\n${style()}`);
writeFileSync(join(STATIC, "htmx.js"), `${first}\n${htmx}\n`);
writeFileSync(join(STATIC, "LICENSES.txt"), licences(PACKAGES, [...bundled, "htmx.org"].sort()));

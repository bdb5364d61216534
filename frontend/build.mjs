// Bundles the custom elements and style sheets into the static folder of zhizao.base.ui. File names are plain: Django's
// manifest storage hashes them. Chunks that are loaded on demand carry a hash already: one bundle names another by it.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const source = path.join(here, process.env.ZHIZAO_FRONTEND_SOURCE ?? "src");
const target = path.resolve(here, process.env.ZHIZAO_FRONTEND_TARGET ?? "../src/zhizao/base/ui/static/ui/dist");
const LAYERS = ["tokens", "base", "components", "pages", "print"];

const common = { bundle: true, minify: true, metafile: true, legalComments: "none", target: ["es2022", "chrome109"] };

// One style sheet from the layers; the order of the layers, not of the files, decides which rule wins.
async function styles() {
  const folder = path.join(source, "css");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".css")).sort();
  const contents = [`@layer ${LAYERS.join(", ")};`, ...files.map((name) => `@import "./${name}";`)].join("\n");
  return build({
    ...common,
    stdin: { contents, loader: "css", resolveDir: folder },
    loader: { ".svg": "dataurl" },
    outfile: path.join(target, "app.css"),
  });
}

async function scripts() {
  return build({
    ...common,
    entryPoints: [path.join(source, "main.js")], // what it imports on demand becomes a chunk
    outbase: source,
    outdir: target,
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  });
}

// The licence and notice of every package that a bundle contains.
async function licences(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const match = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
    if (match) packages.add(path.resolve(match[1]));
  }
  const parts = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const texts = await licenceFiles(folder);
    if (texts.length === 0) throw new Error(`${name} has no licence file`);
    const bodies = await Promise.all(texts.map((file) => readFile(file, "utf8")));
    parts.push([`${name} ${version} (${license})`, "=".repeat(72), ...bodies].join("\n"));
  }
  await writeFile(path.join(target, "THIRD_PARTY.txt"), parts.join("\n\n"));
}

async function licenceFiles(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!/^(licen[cs]e|notice|copying)/i.test(entry.name)) continue;
    const file = path.join(folder, entry.name);
    if (entry.isFile()) found.push(file);
    else for (const inner of await readdir(file)) found.push(path.join(file, inner)); // echarts/licenses/LICENSE-d3
  }
  return found.sort();
}

if (!existsSync(source)) throw new Error(`no sources in ${source}`);
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const [, { metafile }] = await Promise.all([styles(), scripts()]);
await licences(metafile);

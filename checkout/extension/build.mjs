// Bundles each target the way Shopify's own tool does, and refuses what Shopify would refuse: 64 KB compressed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const LIMIT = 64 * 1024;
const TARGETS = ['ShippingOption', 'ThankYou', 'OrderStatus', 'Tracking', 'ReturnMenuItem', 'ReturnRequest'];

await build({
  entryPoints: TARGETS.map((name) => `src/${name}.tsx`),
  outdir: 'dist',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.APP_URL': JSON.stringify(process.env.APP_URL ?? '') },
});

// A theme extension's assets lie flat, so the widget's languages move beside it; its source stays the one in ../widget.
const WORDS = '`words/${';
const widget = readFileSync('../widget/landed-cost.js', 'utf8');
if (widget.split(WORDS).length !== 2) throw new Error('the widget no longer loads its words from words/');
writeFileSync('theme/assets/landed-cost.js', widget.replace(WORDS, '`landed-cost-${'));
for (const name of readdirSync('../widget/words')) {
  writeFileSync(`theme/assets/landed-cost-${name}`, readFileSync(`../widget/words/${name}`));
}

const sizes = TARGETS.map((name) => [name, gzipSync(readFileSync(`dist/${name}.js`)).length]);
for (const [name, size] of sizes) console.log(`${name}: ${size} bytes compressed`);
const tooLarge = sizes.filter(([, size]) => size > LIMIT);
if (tooLarge.length) {
  console.error(`over ${LIMIT} bytes: ${tooLarge.map(([name]) => name).join(', ')}`);
  process.exit(1);
}

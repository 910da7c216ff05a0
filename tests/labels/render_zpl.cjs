// Draws every label of the ZPL files named, with a renderer that is not ours: a PNG beside each, .1.png, .2.png …
const fs = require("fs");
const path = require("path");

const [folder, ...jobs] = process.argv.slice(2);
const { ready } = require(path.join(folder, "node_modules", "zpl-renderer-js"));

(async () => {
  const { api } = await ready;
  for (const job of jobs) {
    const [file, width, height, dots] = job.split(":");
    const zpl = fs.readFileSync(file, "ascii");
    const labels = await api.zplToBase64MultipleAsync(zpl, Number(width), Number(height), Number(dots));
    labels.forEach((label, place) => fs.writeFileSync(`${file}.${place + 1}.png`, Buffer.from(label, "base64")));
  }
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });

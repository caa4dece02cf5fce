// Reads QR codes with another's reader: qr_judge.js FILE…; a file is the side's length, the text, and rows of 0 and 1.
const fs = require("fs");
const path = require("path");
const jsQR = require(path.join(__dirname, "../../vendor/npm/node_modules/jsqr"));
const SCALE = 4, QUIET = 4;
let read = 0;
for (const file of process.argv.slice(2)) {
  const [size, text, ...rows] = fs.readFileSync(file, "latin1").split("\n");
  const side = (Number(size) + 2 * QUIET) * SCALE;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const row = rows[Math.floor(y / SCALE) - QUIET], module = row && row[Math.floor(x / SCALE) - QUIET];
      if (module === "1") pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  const found = jsQR(pixels, side, side);
  if (found && found.data === text) read++;
  else console.log(`${file}: ${found ? found.data : "nothing"}`);
}
console.log(`${read} read`);

// The peer's laptop: replicates the documents of a JSON file to a receiver. argv: file, folder, url, batch size, tries.
const fs = require("fs");
const PouchDB = require("pouchdb");
const [, , file, folder, url, batch, tries] = process.argv;

async function replicate(local, remote) {
  for (let attempt = 1; attempt <= Number(tries); attempt++) {
    try {
      const info = await local.replicate.to(remote, { batch_size: Number(batch) });
      return { ok: info.ok, tries: attempt, written: info.docs_written };
    } catch (error) {
      if (attempt === Number(tries)) return { ok: false, tries: attempt, error: String(error.message || error).slice(0, 160) };
    }
  }
}

async function main() {
  const local = new PouchDB(folder + "/local");
  await local.bulkDocs(JSON.parse(fs.readFileSync(file, "utf8")));
  const remote = new PouchDB(url);
  process.stdin.resume();
  console.log("READY");
  await new Promise((go) => process.stdin.once("data", go));
  const started = process.hrtime.bigint();
  const result = await replicate(local, remote);
  result.seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(JSON.stringify(result));
  process.exit(0);
}

main();

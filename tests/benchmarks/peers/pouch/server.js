// The peer's receiver: express-pouchdb on 127.0.0.1. argv: port, folder.
const port = Number(process.argv[2]);
const folder = process.argv[3];
const express = require("express");
const PouchDB = require("pouchdb").defaults({ prefix: folder + "/" });
const app = express();
const options = { mode: "minimumForPouchDB", logPath: folder + "/log.txt", configPath: folder + "/config.json" };
app.use("/", require("express-pouchdb")(PouchDB, options));
app.listen(port, "127.0.0.1", () => console.log("up"));

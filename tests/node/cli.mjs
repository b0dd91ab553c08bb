// Shopify's CLI with our configuration, without an account. Words: the folder of its packages; then, to run what
// `shopify app dev` runs, a project, the folder of its server, and two free ports: its proxy's and its server's.
// Else reads a list of projects as JSON and answers with what the CLI reads in each, or why it does not.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, project, folder, proxyPort, port] = process.argv.slice(2);
const theirs = `${pathToFileURL(modules)}/@shopify/cli/dist`;
const { loadApp, specifications } = await import(`${theirs}/chunk-7LW23M5C.js`);
const { webProcesses, withProxy } = await import(`${theirs}/chunk-EJCBL2W2.js`);

const TUNNEL = "https://quiet-fox.trycloudflare.com";

const load = async (directory) =>
  loadApp({ directory, specifications: await specifications(), skipPrompts: true });

const read = async (directory) => {
  try {
    const app = await load(directory);
    const errors = app.errors.getErrors().map((one) => `${(one.path ?? []).join(".")}: ${one.message}`);
    const topics = app.realExtensions.map((one) => one.configuration.topic).filter(Boolean);
    return { errors, topics, webs: app.webs.map((web) => web.configuration) };
  } catch (error) {
    return { errors: [error.message] };
  }
};

const serve = async () => {
  const app = await load(project);
  const ended = new AbortController();
  const web = await webProcesses({
    // Without `predev`: it might make anew what these tests run in.
    webs: app.webs.map(({ configuration }) => ({
      directory: folder,
      configuration: { ...configuration, commands: { dev: configuration.commands.dev } },
    })),
    proxyUrl: TUNNEL,
    frontendPort: Number(port),
    backendPort: Number(port),
    apiKey: "5f3a",
    apiSecret: "a client secret",
    scopes: app.configuration.access_scopes.scopes,
  });
  process.on("SIGTERM", () => ended.abort());
  const said = { stdout: process.stdout, stderr: process.stderr, abortSignal: ended.signal };
  await Promise.all((await withProxy(web, Number(proxyPort))).map((one) => one.function(said, one.options)));
};

if (project) await serve();
else process.stdout.write(JSON.stringify(await Promise.all(JSON.parse(readFileSync(0, "utf8")).map(read))));

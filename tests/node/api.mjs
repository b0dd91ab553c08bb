// Reads a list of questions as JSON, answers with a list: what Shopify's own library makes of our signatures and
// session tokens, and those that it makes. Words: the folder of its packages.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const theirs = `${pathToFileURL(process.argv[2])}/@shopify/shopify-api/dist/esm`;
await import(`${theirs}/adapters/node/index.mjs`);
const { ApiVersion, LogSeverity, shopifyApi } = await import(`${theirs}/lib/index.mjs`);
const { generateLocalHmac } = await import(`${theirs}/lib/utils/hmac-validator.mjs`);
const { getHmac } = await import(`${theirs}/test-helpers/get-hmac.mjs`);
const { getJwt } = await import(`${theirs}/test-helpers/get-jwt.mjs`);

const ask = {
  // Is this delivery signed, and whole?
  webhook: (api, { body, headers }) =>
    api.webhooks.validate({ rawBody: body, rawRequest: { method: "POST", url: "/webhooks", headers }, rawResponse: {} }),
  // Is this OAuth request signed?
  query: (api, { params }) => api.utils.validateHmac(params),
  // Whom does this session token speak for?
  token: (api, { token }) => api.session.decodeSessionToken(token),
  signBody: (api, { body }) => getHmac(body, api.config.apiSecretKey),
  signQuery: (api, { params }) => generateLocalHmac(api.config)(params),
  mint: async (api, { shop, claims }) => (await getJwt(shop, api.config.apiKey, api.config.apiSecretKey, claims)).token,
};

const answer = async ({ what, key, secret, ...given }) => {
  const api = shopifyApi({
    apiKey: key,
    apiSecretKey: secret,
    apiVersion: ApiVersion.Unstable,
    hostName: "app.example.com",
    isEmbeddedApp: true,
    logger: { level: LogSeverity.Error },
  });
  try {
    return { said: await ask[what](api, given) };
  } catch (error) {
    return { refused: error.constructor.name, words: error.message };
  }
};

const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(asked.map(answer))));

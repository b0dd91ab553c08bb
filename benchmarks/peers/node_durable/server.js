// Shopify's own library behind express, one durable insert a request: what a careful Node app does.
// Logging is off, which is kind: the library's default logs twice a request.
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, DeliveryMethod, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import Database from 'better-sqlite3';
import express from 'express';

const [port, file, secret] = process.argv.slice(2);

const database = new Database(file);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY, shop TEXT NOT NULL, webhook_id TEXT NOT NULL, topic TEXT NOT NULL,
  received_at INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (shop, webhook_id))`);
const insert = database.prepare(`INSERT INTO deliveries (shop, webhook_id, topic, received_at, body)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);

const shopify = shopifyApi({
  apiKey: 'simulated-key',
  apiSecretKey: secret,
  apiVersion: Object.values(ApiVersion).at(-1),
  scopes: ['read_orders'],
  hostName: `127.0.0.1:${port}`,
  isEmbeddedApp: false,
  logger: { level: LogSeverity.Error },
});
shopify.webhooks.addHandlers({
  ORDERS_CREATE: [{
    deliveryMethod: DeliveryMethod.Http,
    callbackUrl: '/webhooks',
    callback: async (topic, shop, body, webhookId) => {
      insert.run(shop, webhookId, topic, Date.now(), body);
    },
  }],
});

const app = express();
app.post('/webhooks', express.text({ type: '*/*', limit: '500kb' }), async (request, response) => {
  try {
    await shopify.webhooks.process({ rawBody: request.body, rawRequest: request, rawResponse: response });
  } catch (error) {
    if (!response.headersSent) response.status(500).end(String(error.message));
  }
});
app.listen(Number(port), '127.0.0.1');

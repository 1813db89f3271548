// Verifies a request as an endpoint would. Its body comes on standard input. Prints one line.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const [secret, id, timestamp, signature] = process.argv.slice(2);
try {
  new Webhook(secret).verify(readFileSync(0, 'utf8'), {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  });
  console.log('verified');
} catch (refusal) {
  console.log(`refused: ${refusal.message}`);
}

// A plain webhook server: verify, store unless known, process at once, answer.
// It exists to be compared with. DATABASE_URL, STRIPE_WEBHOOK_SECRET and PORT tell it what it needs.
import express from 'express';
import pg from 'pg';
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_bench');
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const app = express();
const raw = express.raw({ type: 'application/json' });

function verified(request, response) {
  try {
    return stripe.webhooks.constructEvent(
      request.body,
      request.headers['stripe-signature'],
      process.env.STRIPE_WEBHOOK_SECRET,
    );
  } catch (error) {
    response.status(400).json({ error: error.message });
    return null;
  }
}

async function store(event) {
  const stored = await pool.query(
    `insert into stripe_webhook_events (event_id, event_type, data) values ($1, $2, $3)
     on conflict (event_id) do nothing returning id`,
    [event.id, event.type, JSON.stringify(event)],
  );
  return stored.rows[0]?.id;
}

async function project(id, event) {
  if (event.type.startsWith('customer.subscription.')) {
    const subscription = event.data.object;
    const item = subscription.items.data[0];
    await pool.query(
      `insert into subscriptions (stripe_subscription_id, stripe_customer_id, status, tier, billing_interval,
         cancel_at_period_end, current_period_start, current_period_end)
       values ($1, $2, $3, $4, $5, $6, to_timestamp($7), to_timestamp($8))
       on conflict (stripe_subscription_id) do update set status = excluded.status, tier = excluded.tier,
         billing_interval = excluded.billing_interval, cancel_at_period_end = excluded.cancel_at_period_end,
         current_period_start = excluded.current_period_start,
         current_period_end = excluded.current_period_end, updated_at = now()`,
      [
        subscription.id,
        subscription.customer,
        subscription.status,
        subscription.metadata.tier,
        subscription.metadata.interval,
        subscription.cancel_at_period_end,
        item.current_period_start,
        item.current_period_end,
      ],
    );
  }
  await pool.query('update stripe_webhook_events set processed_at = now() where id = $1', [id]);
}

function receiving(after) {
  return async (request, response) => {
    const event = verified(request, response);
    if (event === null) return;
    try {
      const id = await store(event);
      if (id !== undefined) await after(id, event);
      response.json({ received: true, duplicate: id === undefined });
    } catch (error) {
      console.error(error);
      response.status(500).json({ error: 'not stored' });
    }
  };
}

app.post('/store', raw, receiving(async () => {}));
app.post('/webhooks/stripe', raw, receiving(project));
app.get('/health/live', (request, response) => response.json({ status: 'ok' }));
app.listen(Number(process.env.PORT), '127.0.0.1');

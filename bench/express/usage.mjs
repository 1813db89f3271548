// A plain server of entitlements: verify the token, ask the database, answer; or cache the answer for a second.
// It exists to be compared with. DATABASE_URL, CLERK_JWT_KEY, ISSUER and PORT tell it what it needs.
import express from 'express';
import { importSPKI, jwtVerify } from 'jose';
import pg from 'pg';

const LIMIT = 900000000;
const REMEMBERED_MILLIS = 1000;

const key = await importSPKI(process.env.CLERK_JWT_KEY, 'RS256');
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const cache = new Map();
const app = express();

async function caller(request) {
  const token = request.headers.authorization.substring('Bearer '.length);
  const { payload } = await jwtVerify(token, key, { issuer: process.env.ISSUER, algorithms: ['RS256'] });
  return payload.sub;
}

async function entitlements(userId) {
  const found = await pool.query(
    `select s.stripe_subscription_id, s.status, s.tier, s.current_period_end, q.usage_type, q.amount
     from stripe_customer_mapping m
     join subscriptions s on s.stripe_customer_id = m.stripe_customer_id
     left join usage_quotas q on q.user_id = m.user_id and q.period_start = date_trunc('month', now())
     where m.user_id = $1`,
    [userId],
  );
  const subscription = found.rows[0];
  const used = new Map(found.rows.map((row) => [row.usage_type, Number(row.amount)]));
  const counted = (feature, limit) => ({
    allowed: (used.get(feature) ?? 0) < limit,
    kind: 'counter',
    limit,
    used: used.get(feature) ?? 0,
    remaining: limit - (used.get(feature) ?? 0),
    resetsAt: subscription.current_period_end,
  });
  return {
    accountId: userId,
    tier: subscription.tier,
    source: { subscriptionId: subscription.stripe_subscription_id, status: subscription.status },
    features: {
      library: { allowed: true, kind: 'flag' },
      reviews: counted('reviews', LIMIT),
      exports: counted('exports', LIMIT),
      storage: counted('storage', 100000),
    },
  };
}

async function forAMoment(userId) {
  const known = cache.get(userId);
  if (known !== undefined && Date.now() - known.at < REMEMBERED_MILLIS) return known.answer;
  const answer = await entitlements(userId);
  cache.set(userId, { at: Date.now(), answer });
  return answer;
}

async function use(userId) {
  const used = await pool.query(
    `insert into usage_quotas as t (user_id, usage_type, period_start, amount)
     values ($1, 'reviews', date_trunc('month', now()), 1)
     on conflict (user_id, usage_type, period_start) do update set amount = t.amount + 1, updated_at = now()
     where t.amount < $2
     returning amount`,
    [userId, LIMIT],
  );
  return { granted: used.rows.length === 1, used: Number(used.rows[0]?.amount) };
}

async function products() {
  const found = await pool.query(
    `select p.id, p.name, p.description, p.active, p.metadata,
       json_agg(json_build_object('id', x.id, 'productId', x.product_id, 'active', x.active,
         'unitAmount', json_build_object('amount', x.unit_amount, 'currency', x.currency),
         'interval', x.billing_interval, 'lookupKey', x.lookup_key) order by x.id) as prices
     from products p join prices x on x.product_id = p.id
     group by p.id order by p.id limit 21`,
  );
  return { data: found.rows.slice(0, 20), hasMore: found.rows.length > 20, nextCursor: null };
}

function answering(answer) {
  return async (request, response) => {
    try {
      response.json(await answer(await caller(request)));
    } catch (error) {
      console.error(error);
      response.status(500).json({ error: 'not answered' });
    }
  };
}

app.get('/entitlements', answering(entitlements));
app.get('/cached', answering(forAMoment));
app.get('/products', answering(products));
app.post('/use', answering(use));
app.get('/health/live', (request, response) => response.json({ status: 'ok' }));
app.listen(Number(process.env.PORT), '127.0.0.1');

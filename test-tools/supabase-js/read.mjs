// Reads columns of a table of the schema billing, and embedded tables, as an application would. Prints one line of JSON.
import { createClient } from '@supabase/supabase-js';

const [url, key, table, columns] = process.argv.slice(2);
const client = createClient(url, key, {
  db: { schema: 'billing' },
  auth: { persistSession: false, autoRefreshToken: false },
  realtime: { transport: class {} },
});
const { data, error } = await client.from(table).select(columns);
console.log(JSON.stringify({ data, error: error && { code: error.code, message: error.message } }));

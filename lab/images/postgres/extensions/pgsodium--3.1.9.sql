-- Stand-in: the roles and the table of key ids. It neither derives keys nor encrypts.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pgsodium_keyiduser') THEN CREATE ROLE pgsodium_keyiduser; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pgsodium_keyholder') THEN CREATE ROLE pgsodium_keyholder; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pgsodium_keymaker') THEN CREATE ROLE pgsodium_keymaker; END IF;
END
$$;
CREATE TYPE @extschema@.key_status AS ENUM ('default', 'valid', 'invalid', 'expired');
CREATE TABLE @extschema@.key (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  status @extschema@.key_status DEFAULT 'valid',
  created timestamptz NOT NULL DEFAULT now(),
  expires timestamptz,
  key_type text DEFAULT 'aead-det',
  key_id bigserial,
  key_context bytea DEFAULT '\x7067736f6469756d',
  name text UNIQUE,
  associated_data text DEFAULT 'associated',
  comment text
);
SELECT pg_catalog.pg_extension_config_dump('key', '');
SELECT pg_catalog.pg_extension_config_dump('key_key_id_seq', '');

-- Stand-in: the table, view and functions of Vault. As in the official image a secret can be read only with the root key that lies in the
-- configuration volume beside the data, so a backup without that volume is provably useless.
CREATE TABLE @extschema@.secrets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text,
  description text NOT NULL DEFAULT '',
  secret text NOT NULL,
  key_id uuid,
  nonce bytea DEFAULT @extschema:pgcrypto@.gen_random_bytes(12),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ON @extschema@.secrets (name) WHERE name IS NOT NULL;
ALTER TABLE @extschema@.secrets ENABLE ROW LEVEL SECURITY;
SELECT pg_catalog.pg_extension_config_dump('secrets', '');

CREATE FUNCTION @extschema@._root_key() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT pg_catalog.pg_read_file('/etc/postgresql-custom/pgsodium_root.key')
$$;
CREATE FUNCTION @extschema@._seal(plain text) RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
  SELECT pg_catalog.encode(@extschema:pgcrypto@.pgp_sym_encrypt(plain, vault._root_key(), 'cipher-algo=aes256'), 'base64')
$$;
CREATE FUNCTION @extschema@._open(sealed text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
  SELECT @extschema:pgcrypto@.pgp_sym_decrypt(pg_catalog.decode(sealed, 'base64'), vault._root_key())
$$;

CREATE VIEW @extschema@.decrypted_secrets WITH (security_barrier = true) AS
  SELECT id, name, description, secret, vault._open(secret) AS decrypted_secret, key_id, nonce, created_at, updated_at FROM @extschema@.secrets;

CREATE FUNCTION @extschema@.create_secret(new_secret text, new_name text DEFAULT NULL, new_description text DEFAULT '', new_key_id uuid DEFAULT NULL)
RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  INSERT INTO vault.secrets (secret, name, description) VALUES (vault._seal(new_secret), new_name, new_description) RETURNING id
$$;
CREATE FUNCTION @extschema@.update_secret(secret_id uuid, new_secret text DEFAULT NULL, new_name text DEFAULT NULL, new_description text DEFAULT NULL, new_key_id uuid DEFAULT NULL)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  UPDATE vault.secrets SET
    secret = CASE WHEN new_secret IS NULL THEN secret ELSE vault._seal(new_secret) END,
    name = coalesce(new_name, name), description = coalesce(new_description, description), updated_at = pg_catalog.now()
  WHERE id = secret_id
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA @extschema@ FROM PUBLIC;
DO $$
BEGIN
  GRANT USAGE ON SCHEMA @extschema@ TO postgres, service_role;
  GRANT SELECT, DELETE ON @extschema@.secrets, @extschema@.decrypted_secrets TO postgres, service_role;
  GRANT EXECUTE ON FUNCTION @extschema@.create_secret(text, text, text, uuid), @extschema@.update_secret(uuid, text, text, text, uuid), @extschema@._open(text) TO postgres, service_role;
EXCEPTION WHEN undefined_object THEN
  NULL;
END
$$;

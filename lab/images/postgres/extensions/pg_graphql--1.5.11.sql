-- Stand-in: the one function that graphql_public calls. It resolves nothing.
CREATE FUNCTION @extschema@.resolve(query text, variables jsonb DEFAULT '{}', "operationName" text DEFAULT NULL, extensions jsonb DEFAULT NULL)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_catalog.jsonb_build_object('errors', pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('message', 'pg_graphql is a lab stand-in here and resolves no query.')))
$$;
GRANT USAGE ON SCHEMA @extschema@ TO PUBLIC;

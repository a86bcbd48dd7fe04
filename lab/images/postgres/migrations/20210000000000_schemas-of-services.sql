CREATE SCHEMA realtime;
GRANT ALL ON SCHEMA realtime TO supabase_realtime_admin, postgres;
GRANT USAGE ON SCHEMA realtime TO anon, authenticated, service_role;
GRANT supabase_realtime_admin TO postgres;

-- GraphQL is off until somebody creates the extension; the call that reaches it says so.
CREATE SCHEMA graphql_public;
GRANT USAGE ON SCHEMA graphql_public TO postgres, anon, authenticated, service_role;
CREATE FUNCTION graphql_public.graphql("operationName" text DEFAULT NULL, query text DEFAULT NULL, variables jsonb DEFAULT NULL, extensions jsonb DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  IF to_regprocedure('graphql.resolve(text,jsonb,text,jsonb)') IS NULL THEN
    RETURN jsonb_build_object('errors', jsonb_build_array(jsonb_build_object('message', 'pg_graphql extension is not enabled.')));
  END IF;
  RETURN graphql.resolve(query, coalesce(variables, '{}'), "operationName", extensions);
END
$$;
GRANT EXECUTE ON FUNCTION graphql_public.graphql(text, text, jsonb, jsonb) TO postgres, anon, authenticated, service_role;

CREATE EXTENSION supabase_vault;

/** Runs inside Supavisor before its server starts: makes the project's tenant when it is not there yet. */
export const poolerScript = `{:ok, _} = Application.ensure_all_started(:supavisor)

tenant_id = System.get_env("POOLER_TENANT_ID")

version =
  case Supavisor.Repo.query!("select version()") do
    %{rows: [[text]]} -> Supavisor.Helpers.parse_pg_version(text)
    _ -> {:error, :unknown}
  end

{:ok, server_version} = version

tenant = %{
  "external_id" => tenant_id,
  "db_host" => System.get_env("POSTGRES_HOST") || "db",
  "db_port" => System.get_env("POSTGRES_PORT"),
  "db_database" => System.get_env("POSTGRES_DB"),
  "require_user" => false,
  "auth_query" => "SELECT * FROM pgbouncer.get_auth($1)",
  "default_max_clients" => System.get_env("POOLER_MAX_CLIENT_CONN"),
  "default_pool_size" => System.get_env("POOLER_DEFAULT_POOL_SIZE"),
  "default_parameter_status" => %{"server_version" => server_version},
  "users" => [
    %{
      "db_user" => "pgbouncer",
      "db_password" => System.get_env("POSTGRES_PASSWORD"),
      "mode_type" => System.get_env("POOLER_POOL_MODE"),
      "pool_size" => System.get_env("POOLER_DEFAULT_POOL_SIZE"),
      "is_manager" => true
    }
  ]
}

unless Supavisor.Tenants.get_tenant_by_external_id(tenant_id) do
  {:ok, _} = Supavisor.Tenants.create_tenant(tenant)
end
`;

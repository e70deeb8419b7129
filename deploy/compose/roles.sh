#!/bin/sh
# PostgreSQL が空の間に一度だけ動く: 表の所有者と、行だけを読み書きする実行時のロールを作る（docs/operations/install.md）。
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set=owner_password="$TODOKE_OWNER_PASSWORD" --set=app_password="$TODOKE_APP_PASSWORD" <<'SQL'
CREATE ROLE todoke_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE todoke_app   LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE todoke OWNER todoke_owner ENCODING 'UTF8' TEMPLATE template0;
SQL

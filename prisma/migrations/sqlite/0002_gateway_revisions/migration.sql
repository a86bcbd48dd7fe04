-- AlterTable
ALTER TABLE "Project" ADD COLUMN "gatewayRevision" INTEGER;

-- CreateTable
CREATE TABLE "GatewayRevision" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "projectId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "settingsJson" TEXT NOT NULL,
    "addressesJson" TEXT NOT NULL DEFAULT '{}',
    "summaryJson" TEXT NOT NULL,
    "cause" TEXT,
    "authorJson" TEXT NOT NULL,
    "operationId" TEXT,
    "createdAt" DATETIME NOT NULL,
    "appliedAt" DATETIME,
    "failureJson" TEXT,
    CONSTRAINT "GatewayRevision_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "KeyUse" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "projectId" TEXT NOT NULL,
    "hour" DATETIME NOT NULL,
    "key" TEXT NOT NULL,
    "routeId" TEXT NOT NULL,
    "network" TEXT NOT NULL,
    "userAgent" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastAt" DATETIME NOT NULL,
    CONSTRAINT "KeyUse_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "GatewayDraft" (
    "projectId" TEXT NOT NULL PRIMARY KEY,
    "settingsJson" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "basedOn" INTEGER NOT NULL,
    "cause" TEXT,
    "editorJson" TEXT NOT NULL,
    "editedAt" DATETIME NOT NULL,
    CONSTRAINT "GatewayDraft_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Domain" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "projectId" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "tls" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "stateReason" TEXT,
    "isMain" BOOLEAN NOT NULL,
    "redirectsHttp" BOOLEAN NOT NULL,
    "hstsSeconds" INTEGER,
    "certificatePem" TEXT,
    "keyCiphertext" TEXT,
    "certificateJson" TEXT,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Domain_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "GatewayRevision_projectId_number_key" ON "GatewayRevision"("projectId", "number");

-- CreateIndex
CREATE INDEX "KeyUse_projectId_lastAt_idx" ON "KeyUse"("projectId", "lastAt");

-- CreateIndex
CREATE UNIQUE INDEX "KeyUse_projectId_hour_key_routeId_network_userAgent_key" ON "KeyUse"("projectId", "hour", "key", "routeId", "network", "userAgent");

-- CreateIndex
CREATE UNIQUE INDEX "Domain_hostname_key" ON "Domain"("hostname");

-- CreateIndex
CREATE INDEX "Domain_projectId_idx" ON "Domain"("projectId");

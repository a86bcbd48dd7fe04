-- AlterTable
ALTER TABLE "Project" ADD COLUMN     "gatewayRevision" INTEGER;

-- CreateTable
CREATE TABLE "GatewayRevision" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "settingsJson" TEXT NOT NULL,
    "addressesJson" TEXT NOT NULL DEFAULT '{}',
    "summaryJson" TEXT NOT NULL,
    "cause" TEXT,
    "authorJson" TEXT NOT NULL,
    "operationId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "appliedAt" TIMESTAMP(3),
    "failureJson" TEXT,

    CONSTRAINT "GatewayRevision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "KeyUse" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "hour" TIMESTAMP(3) NOT NULL,
    "key" TEXT NOT NULL,
    "routeId" TEXT NOT NULL,
    "network" TEXT NOT NULL,
    "userAgent" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "KeyUse_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GatewayDraft" (
    "projectId" TEXT NOT NULL,
    "settingsJson" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "basedOn" INTEGER NOT NULL,
    "cause" TEXT,
    "editorJson" TEXT NOT NULL,
    "editedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "GatewayDraft_pkey" PRIMARY KEY ("projectId")
);

-- CreateTable
CREATE TABLE "Domain" (
    "id" TEXT NOT NULL,
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
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Domain_pkey" PRIMARY KEY ("id")
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

-- AddForeignKey
ALTER TABLE "GatewayRevision" ADD CONSTRAINT "GatewayRevision_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "KeyUse" ADD CONSTRAINT "KeyUse_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "GatewayDraft" ADD CONSTRAINT "GatewayDraft_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Domain" ADD CONSTRAINT "Domain_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

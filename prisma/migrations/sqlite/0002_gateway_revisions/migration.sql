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

-- CreateIndex
CREATE UNIQUE INDEX "GatewayRevision_projectId_number_key" ON "GatewayRevision"("projectId", "number");

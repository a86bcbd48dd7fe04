-- AlterTable
ALTER TABLE "Project" ADD COLUMN "gatewayBesideJson" TEXT;
ALTER TABLE "Project" ADD COLUMN "gatewayKind" TEXT;

-- AlterTable
ALTER TABLE "Domain" ADD COLUMN "checkJson" TEXT;
ALTER TABLE "Domain" ADD COLUMN "replacedJson" TEXT;

-- CreateTable
CREATE TABLE "DashboardUser" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "projectId" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "passwordCiphertext" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "DashboardUser_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "StudioTicket" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "sessionHash" TEXT,
    "createdAt" DATETIME NOT NULL,
    "redeemBy" DATETIME NOT NULL,
    "redeemedAt" DATETIME,
    "lastSeenAt" DATETIME,
    "endedAt" DATETIME,
    "ip" TEXT,
    CONSTRAINT "StudioTicket_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "StudioTicket_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "DashboardUser_projectId_username_key" ON "DashboardUser"("projectId", "username");

-- CreateIndex
CREATE UNIQUE INDEX "StudioTicket_tokenHash_key" ON "StudioTicket"("tokenHash");

-- CreateIndex
CREATE UNIQUE INDEX "StudioTicket_sessionHash_key" ON "StudioTicket"("sessionHash");

-- CreateIndex
CREATE INDEX "StudioTicket_projectId_idx" ON "StudioTicket"("projectId");

-- CreateIndex
CREATE INDEX "StudioTicket_userId_idx" ON "StudioTicket"("userId");

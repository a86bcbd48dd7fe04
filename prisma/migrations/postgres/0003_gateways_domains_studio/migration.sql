-- AlterTable
ALTER TABLE "Project" ADD COLUMN     "gatewayBesideJson" TEXT,
ADD COLUMN     "gatewayKind" TEXT;

-- AlterTable
ALTER TABLE "Domain" ADD COLUMN     "checkJson" TEXT,
ADD COLUMN     "replacedJson" TEXT;

-- CreateTable
CREATE TABLE "DashboardUser" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "passwordCiphertext" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "DashboardUser_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StudioTicket" (
    "id" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "sessionHash" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "redeemBy" TIMESTAMP(3) NOT NULL,
    "redeemedAt" TIMESTAMP(3),
    "lastSeenAt" TIMESTAMP(3),
    "endedAt" TIMESTAMP(3),
    "ip" TEXT,

    CONSTRAINT "StudioTicket_pkey" PRIMARY KEY ("id")
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

-- AddForeignKey
ALTER TABLE "DashboardUser" ADD CONSTRAINT "DashboardUser_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StudioTicket" ADD CONSTRAINT "StudioTicket_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StudioTicket" ADD CONSTRAINT "StudioTicket_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

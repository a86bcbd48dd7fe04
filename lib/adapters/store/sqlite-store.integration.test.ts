import { describeStoreContract } from "./store-contract.fixture";
import { makeStoreFile } from "./store-file.fixture";

describeStoreContract("the store in a SQLite file", async () => {
  const file = await makeStoreFile();
  return { store: await file.open(), another: await file.open() };
});

import { ColumnTypeEnum, DriverAdapterError, type ArgType, type ColumnType } from "@prisma/driver-adapter-utils";

/** What the driver takes. Anything else makes its native part abort the whole process, so nothing else reaches it. */
export type BoundValue = null | string | number | bigint | Uint8Array;
export type SqliteValue = null | string | number | bigint | Uint8Array;

const typeByDeclaration: Readonly<Record<string, ColumnType>> = {
  TEXT: ColumnTypeEnum.Text,
  VARCHAR: ColumnTypeEnum.Text,
  INTEGER: ColumnTypeEnum.Int32,
  INT: ColumnTypeEnum.Int32,
  BIGINT: ColumnTypeEnum.Int64,
  REAL: ColumnTypeEnum.Double,
  DECIMAL: ColumnTypeEnum.Numeric,
  BOOLEAN: ColumnTypeEnum.Boolean,
  DATETIME: ColumnTypeEnum.DateTime,
  BLOB: ColumnTypeEnum.Bytes,
  JSONB: ColumnTypeEnum.Json,
};

/** Turns an argument of the query compiler into a value the driver stores without loss. */
export function bindArgument(value: unknown, type: ArgType | undefined): BoundValue {
  switch (typeof value) {
    case "boolean":
      return value ? 1n : 0n;
    case "number":
      // The driver would bind every number as a float.
      return Number.isSafeInteger(value) && type?.scalarType !== "float" ? BigInt(value) : value;
    case "bigint":
      return value;
    case "string":
      return bindText(value, type);
    default:
      return bindObject(value);
  }
}

function bindText(value: string, type: ArgType | undefined): BoundValue {
  switch (type?.scalarType) {
    case "bigint":
      return BigInt(value);
    case "decimal":
      return Number.parseFloat(value);
    case "datetime":
      return toStoredTime(new Date(value));
    case "bytes":
      return Buffer.from(value, "base64");
    default:
      if (value.includes("\0")) throw new DriverAdapterError({ kind: "InvalidInputValue", message: "text must not contain a NUL character" });
      return value;
  }
}

function bindObject(value: unknown): BoundValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return toStoredTime(value);
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new DriverAdapterError({ kind: "InvalidInputValue", message: `a value of type ${typeof value} cannot be stored` });
}

/** One fixed width and zone: text order is time order. */
function toStoredTime(time: Date): string {
  return time.toISOString().replace("Z", "+00:00");
}

/** The type of each column, by its declaration or, for an expression, by its first value. */
export function columnTypesOf(declarations: readonly (string | null)[], rows: readonly SqliteValue[][]): ColumnType[] {
  return declarations.map((declaration, index) => {
    const declared = declaration === null ? undefined : typeByDeclaration[declaration.toUpperCase()];
    if (declared !== undefined) return declared;
    const sample = rows.find((row) => row[index] !== null)?.[index];
    return typeOfValue(sample ?? null);
  });
}

function typeOfValue(value: SqliteValue): ColumnType {
  switch (typeof value) {
    case "string":
      return ColumnTypeEnum.Text;
    case "bigint":
      return ColumnTypeEnum.Int64;
    case "number":
      return ColumnTypeEnum.UnknownNumber;
    default:
      return value === null ? ColumnTypeEnum.Int32 : ColumnTypeEnum.Bytes;
  }
}

/** Turns a stored value into the form the query compiler's result mapper expects. */
export function readValue(value: SqliteValue, type: ColumnType): unknown {
  if (value === null) return null;
  if (type === ColumnTypeEnum.DateTime && typeof value !== "string") return new Date(Number(value)).toISOString();
  if (typeof value === "bigint") return type === ColumnTypeEnum.Int64 ? value.toString() : Number(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return value;
}

"use client";
import Link from "next/link";
import { HealthMark } from "./health-mark";
import { useGatewayHealth } from "./use-gateway-health";

/** One line of the overview: which gateway serves and how it is, leading to where it says more. */
export function GatewayFact({ projectRef, name }: { projectRef: string; name: string }) {
  return (
    <Link href={`/projects/${projectRef}/routes`} className="rounded hover:underline">
      <HealthMark look={useGatewayHealth(projectRef)} name={name} />
    </Link>
  );
}

"use client";
import { Lock } from "lucide-react";
import { Checkbox } from "@/components/ui/choice";
import { formatBytes } from "@/components/ui/format-units";
import type { ServiceName } from "@/lib/stack/desired";
import { toggleService, type ServiceChoice } from "./service-choice";

type PickerProps = { catalogue: readonly ServiceChoice[]; selected: readonly string[]; onChange(selected: ServiceName[]): void; error?: string | undefined; isDisabled?: boolean };

/** Which services run: needed ones locked, the others with what each costs and what stops working without it. */
export function ServicePicker({ catalogue, selected, onChange, error, isDisabled = false }: PickerProps) {
  return (
    <fieldset className="flex min-w-0 flex-col">
      <legend className="mb-2 text-sm font-medium">Services</legend>
      {error && (
        <p role="alert" className="mb-2 text-sm text-bad">
          {error}
        </p>
      )}
      <div className="divide-y divide-line rounded border border-line">
        {catalogue.map((service) => {
          const isOn = service.isRequired || selected.includes(service.name);
          return (
            <div key={service.name} className="flex items-start gap-3 px-3 py-2">
              <div className="min-w-0 flex-1">
                <Checkbox
                  label={
                    <span className="flex items-center gap-1.5">
                      {service.label}
                      <span className="font-mono text-xs text-ink-3">{service.name}</span>
                      {service.isRequired && <Lock aria-hidden className="size-3.5 text-ink-3" />}
                      {service.isRequired && <span className="sr-only">needed</span>}
                    </span>
                  }
                  hint={`Without it: ${service.withoutIt}`}
                  checked={isOn}
                  disabled={service.isRequired || isDisabled}
                  onChange={(event) => onChange(toggleService(catalogue, selected, service.name, event.target.checked))}
                />
              </div>
              <span className="w-20 shrink-0 text-right text-sm text-ink-3">{formatBytes(service.memoryBytes)}</span>
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}

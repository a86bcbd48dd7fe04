import { cva, type VariantProps } from "class-variance-authority";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names";

const buttonClass = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded border font-medium transition-colors disabled:opacity-55 disabled:cursor-not-allowed aria-disabled:opacity-55",
  {
    variants: {
      variant: {
        primary: "border-transparent bg-accent text-on-accent enabled:hover:bg-accent-hover [a&]:hover:bg-accent-hover",
        secondary: "border-line bg-surface text-ink aria-pressed:border-control aria-pressed:bg-accent-soft aria-pressed:text-accent-ink enabled:hover:bg-hover [a&]:hover:bg-hover",
        ghost: "border-transparent bg-transparent text-ink-2 enabled:hover:bg-hover enabled:hover:text-ink [a&]:hover:bg-hover [a&]:hover:text-ink",
        danger: "border-transparent bg-danger text-on-danger enabled:hover:bg-danger-hover",
        "danger-quiet": "border-line bg-surface text-bad enabled:hover:bg-bad-soft",
      },
      size: {
        sm: "h-7 px-2.5 text-sm max-sm:h-11 max-sm:px-3.5",
        md: "h-8 px-3 text-base max-sm:h-11 max-sm:px-4",
        lg: "h-10 px-4 text-base max-sm:h-11",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

type Looks = VariantProps<typeof buttonClass>;

type ButtonProps = ComponentProps<"button"> & Looks & { isBusy?: boolean; icon?: ReactNode };

/** A button that does something. While busy it keeps its width and refuses a second press. */
export function Button({ variant, size, isBusy = false, icon, className, children, disabled, type = "button", ...rest }: ButtonProps) {
  return (
    <button {...rest} type={type} disabled={disabled || isBusy} aria-busy={isBusy || undefined} className={cn(buttonClass({ variant, size }), isBusy && "animate-breathe", className)}>
      {icon}
      {children}
    </button>
  );
}

type ButtonLinkProps = ComponentProps<typeof Link> & Looks & { icon?: ReactNode };

/** A link that looks like a button: it goes somewhere. */
export function ButtonLink({ variant, size, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={cn(buttonClass({ variant, size }), className)}>
      {icon}
      {children}
    </Link>
  );
}

/** Looks of a button for an element of another kind, such as a download link. */
export const buttonLooks = buttonClass;

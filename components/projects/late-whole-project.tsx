"use client";
import dynamic from "next/dynamic";

/** For the layout of every project, where it is hardly ever drawn: its dialogs come with it alone. */
export const LateWholeProject = dynamic(() => import("./danger-section").then((module) => module.WholeProject));

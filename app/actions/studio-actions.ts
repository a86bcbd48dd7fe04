"use server";
import { projectInput } from "@/lib/projects/inputs";
import { addStudioUser, changeStudioSettings, changeStudioUser, removeStudioUser, renewFirstStudioUser } from "@/lib/projects/studio/change-studio";
import { addStudioUserInput, changeStudioUserInput, endStudioSessionsInput, openStudioInput, removeStudioUserInput, revealStudioUserInput, studioSettingsInput } from "@/lib/projects/studio/inputs";
import { openStudio } from "@/lib/projects/studio/open-studio";
import { endStudioSessions } from "@/lib/projects/studio/studio-sessions";
import { action } from "@/lib/server/action";

export const open = action("studio.open", openStudioInput, openStudio);
export const endSessions = action("studio.end-sessions", endStudioSessionsInput, endStudioSessions);
export const changeSettings = action("studio.settings", studioSettingsInput, changeStudioSettings);
export const addUser = action("studio.add-user", addStudioUserInput, addStudioUser);
export const changeUser = action("studio.change-user", changeStudioUserInput, changeStudioUser);
export const removeUser = action("studio.remove-user", removeStudioUserInput, removeStudioUser);
export const renewFirst = action("studio.renew-first", projectInput, renewFirstStudioUser);
export const revealUser = action("studio.reveal-user", revealStudioUserInput, (ctx, input) => ctx.worker.revealStudioUser(input));

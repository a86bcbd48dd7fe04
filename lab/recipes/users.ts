import type { ImageUser } from "../image";
import type { LayerEntry } from "../layers";

const root: ImageUser = { name: "root", uid: 0, gid: 0, home: "/root" };
const nobody: ImageUser = { name: "nobody", uid: 65534, gid: 65534, home: "/nonexistent" };

/** The image's users: root, nobody and its own. */
export function userEntries(user?: ImageUser): LayerEntry[] {
  const users = user === undefined ? [root, nobody] : [root, user, nobody];
  const line = ({ name, uid, gid, home }: ImageUser) => `${name}:x:${String(uid)}:${String(gid)}:${name}:${home}:/bin/bash\n`;
  const group = ({ name, gid }: ImageUser) => `${name === "nobody" ? "nogroup" : name}:x:${String(gid)}:\n`;
  const home: LayerEntry[] = user === undefined || user.home === "/" ? [] : [{ kind: "folder", path: user.home, mode: 0o755, uid: user.uid, gid: user.gid }];
  return [
    { kind: "file", path: "/etc/passwd", content: users.map(line).join(""), mode: 0o644 },
    { kind: "file", path: "/etc/group", content: users.map(group).join(""), mode: 0o644 },
    ...home,
  ];
}

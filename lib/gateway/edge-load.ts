/** What clients of every project may notice when the edge takes on another document (docs/decisions/0012): for pages, before it is done. */
export const edgeLoadNote = "The edge takes on another configuration: open sockets stay, and a connection that any client is just making may have to be made again.";

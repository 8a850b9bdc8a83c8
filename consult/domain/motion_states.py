"""Groups of a motion's states that have a name: who reads it, whether it was voted on, whether anything is still to come."""

from __future__ import annotations

#: It was voted on; a motion in one of them bars the same one for a time.
VOTED = ("carried", "carried as amended", "lost")
#: The conference is done with it, by a vote or without one; it stays on its papers.
DISPOSED = (*VOTED, "falls", "remitted", "referred back", "not put")
#: It waits for nothing any more.
OVER = (*DISPOSED, "withdrawn", "withdrawn by leave", "ruled out for good")
#: It is on the agendas that everybody reads, and not decided.
STANDING = ("published", "prioritised", "on the order paper", "put to the vote")
#: Everybody may read its text, signed in or not.
PUBLIC = (*STANDING, "composited", "not prioritised", *DISPOSED, "withdrawn by leave")

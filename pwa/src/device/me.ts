/** Who is signed in, as their own record tells it by now: their role and service are not for ever those of their first day. */
import type { Known } from '../sync/access.ts';
import type { Me } from './types.ts';

/**
 * `me` with what their record says; the same object where it says nothing new. Desk and tablet are different ways in: no record
 * turns one into the other.
 */
export function meBy(me: Me, own: Known | undefined): Me {
  if (!own) return me;
  const role = text(own.view.role) ?? me.role;
  if (isDesk(role) !== isDesk(me.role)) return me;
  const display_name = text(own.view.display_name) ?? me.display_name;
  const service = text(own.view.service);
  const isSame = role === me.role && service === me.service && display_name === me.display_name;
  return isSame ? me : { ...me, role, service, display_name };
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const isDesk = (role: string): boolean => role === 'coordinator';

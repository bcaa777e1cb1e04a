/** Who else works on a tablet: it ends for them too. Pure: tested without a screen. */
interface OnTablet {
  readonly id: string;
  readonly member: string;
  readonly tablet: string;
  readonly revoked_at: number | null;
}
interface Team {
  readonly members: readonly { readonly id: string; readonly display_name: string }[];
  readonly devices: readonly OnTablet[];
}

/** Their names. A tablet that never said which one it is has nobody else. */
export function othersOn({ devices, members }: Team, { id, tablet }: Pick<OnTablet, 'id' | 'tablet'>): string[] {
  const on = devices.filter((one) => one.tablet !== '' && one.tablet === tablet && one.id !== id && one.revoked_at === null);
  return members.filter((one) => on.some(({ member }) => member === one.id)).map((one) => one.display_name);
}

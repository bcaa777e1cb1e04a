/** Before all stories: the demo is made once, and its folder kept as the template from which each story starts. */
import { Demo, TEMPLATE } from './demo.ts';

export default async function seedOnce(): Promise<() => Promise<void>> {
  const demo = await Demo.at();
  await demo.start();
  await demo.stop();
  process.env[TEMPLATE] = demo.folder;
  return () => demo.end();
}

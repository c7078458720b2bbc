import { Text, type TextProps } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { useState } from "react";

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

/** `3 min. ago`, `in 2 hr.`. */
export function inWords(time: Date, now: Date = new Date()): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  const [unit, size] = units.find(([, least]) => Math.abs(seconds) >= least) ?? ["second", 1];
  return relative.format(Math.round(seconds / size), unit);
}

/** A time as it is felt (`3 min. ago`), exact in its title; older than a day it is written out. */
export function Time({ value, ...text }: { value?: string } & TextProps) {
  const [now, setNow] = useState(() => new Date());
  useInterval(() => setNow(new Date()), 5000, { autoInvoke: true });
  if (!value) return <span>–</span>;
  const time = new Date(value);
  const old = Math.abs(time.getTime() - now.getTime()) > 86_400_000;
  return (
    <Text component="time" dateTime={value} title={time.toISOString()} className="nowrap" {...text}>
      {old ? time.toLocaleString() : inWords(time, now)}
    </Text>
  );
}

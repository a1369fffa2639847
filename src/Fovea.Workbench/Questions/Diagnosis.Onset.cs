namespace Fovea.Workbench;

public static partial class Diagnosis
{
    /// <summary>Updates that <see cref="Replay"/> goes through at most where no checkpoint is left to go on from.</summary>
    public const int LongestReplay = 5000;

    /// <summary>Goes through a stretch of a run again, measuring every update, so that onsets are known to the
    /// update.</summary>
    /// <remarks>The stretches are those in which what is to fix began (or, where nothing is, what is to look at), from the sampled
    /// update before it on. Runs repeat to the bit: the newest checkpoint before them is gone on from, else the run is begun anew, as
    /// far as <see cref="LongestReplay"/> updates. Nothing is written.</remarks>
    /// <param name="folder">The run folder of <c>fovea train</c> or <see cref="Trainer.Run"/>.</param>
    /// <param name="data">Where the run's data are now, as in <see cref="TrainingRequest.Data"/>; null for where they were.</param>
    /// <param name="notice">Hears what is done, in words; null for nobody.</param>
    /// <param name="cancel">Stops after the current batch.</param>
    /// <returns>The run's evidence with what was measured; without onsets to date it is that of
    /// <see cref="EvidenceOf"/>.</returns>
    /// <exception cref="IOException">The folder is no run, or its data cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <exception cref="ArgumentException">The run was not watched, trains a module of a program of its own, is too long to begin
    /// anew, or the data are others.</exception>
    /// <exception cref="InvalidOperationException">The replay gives other numbers than the run.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Evidence Replay(
        string folder,
        string? data = null,
        Action<string>? notice = null,
        CancellationToken cancel = default
    )
    {
        notice ??= _ => { };
        Evidence evidence = EvidenceOf(folder, notice);
        Measurements measured = evidence.Measured!;
        IReadOnlyList<(long From, long To)> stretches = Undated(measured, Of(evidence));
        if (stretches.Count == 0)
        {
            notice($"{folder}: no answer has an onset that is not known to the update; nothing was replayed.");
            return evidence;
        }

        Measurements dense = RunReplay.Measure(folder, data, measured, stretches, notice, cancel);
        return new Evidence(evidence.Graph, evidence.Model, evidence.Name) { Measured = dense };
    }

    /// <summary>The stretches of updates in which answers began without the update being known, in order.</summary>
    internal static IReadOnlyList<(long From, long To)> Undated(Measurements measured, IReadOnlyList<Answer> answers)
    {
        Answer[] open = [.. answers.Where(a => a.OnsetWithin > 0 && a.Verdict is Verdict.Fix or Verdict.Look)];
        Verdict worst = open.Select(a => a.Verdict).DefaultIfEmpty(Verdict.Fix).Min();
        return
        [
            .. open.Where(a => a.Verdict == worst && a.OnsetWithin > 0)
                .Select(a => StretchOf(measured, a.OnsetStep!.Value))
                .OfType<(long, long)>()
                .Distinct()
                .Order(),
        ];
    }

    /// <summary>Says how exactly the onset of an answer is known.</summary>
    private static Answer Dated(Answer answer, Measurements? measured) =>
        answer.OnsetStep is not { } onset || measured is null || measured.Steps.Count == 0
            ? answer
            : answer with
            {
                OnsetWithin = StretchOf(measured, onset) is (long from, long to) ? to - from : 0,
            };

    /// <summary>The updates between two that were measured in which something began that was first seen in an update; null where
    /// that update and the one before were both measured.</summary>
    private static (long From, long To)? StretchOf(Measurements measured, long onset)
    {
        if (measured.Steps.FirstOrDefault(s => s.Step >= onset) is not { } line)
        {
            return null;
        }

        long before = measured.Samples.LastOrDefault(s => s.Step < onset)?.Step ?? -1;
        return line.Step > before + 1 ? (before + 1, line.Step) : null;
    }
}

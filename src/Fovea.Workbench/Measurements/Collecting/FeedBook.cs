using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Keeps the books of what was fed: which items, with which values, in which mixture of labels, and by which margin
/// they were told apart.</summary>
/// <remarks>Of a run that is continued they begin anew.</remarks>
internal sealed class FeedBook
{
    private readonly int _classes;
    private readonly long[] _labels;
    private readonly long[] _allLabels;
    private ulong[] _before = [];
    private ulong[] _now = [];
    private int[] _seen = [];
    private int[] _labelBefore = [];
    private float[] _margins = [];
    private int[] _marginCounts = [];
    private double _entropy;
    private int _batches;
    private int _repeatedInputs;
    private int _repeatedBatches;
    private int _labelsChanged;
    private int _alikeInBatch;
    private readonly HashSet<ulong> _fed = [];
    private readonly Dictionary<ulong, int> _inBatch = [];

    /// <summary>An empty book.</summary>
    /// <param name="classes">Number of classes; 0 where items have none.</param>
    public FeedBook(int classes) =>
        (_classes, _labels, _allLabels) = (classes, new long[Math.Max(1, classes)], new long[Math.Max(1, classes)]);

    /// <summary>Notes a batch that was learned from.</summary>
    /// <param name="batch">As it was fed.</param>
    /// <param name="scores">The first output.</param>
    /// <returns>The entropy of its labels in nats; null where items have no class, or labels are mixed.</returns>
    public double? Add(Batch batch, Tensor scores)
    {
        int[] ids = [.. batch.Indices];
        Grow(ids);
        NoteInputs(batch.Inputs, ids);
        // One item may come again; several, all of them again, are a batch that was fed twice.
        int[] sorted = [.. ids.Order()];
        _repeatedBatches +=
            ids.Length > 2 && !_fed.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(sorted.AsSpan()))) ? 1 : 0;
        if (_classes < 2 || batch.Targets.DType != DType.Int64 || batch.Targets.Rank != 1)
        {
            return null;
        }

        ReadOnlySpan<long> labels = batch.Targets.AsSpan<long>();
        if (scores.Rank == 2 && scores.Shape[1] == _classes && scores.Shape[0] == labels.Length)
        {
            NoteMargins(scores, labels, ids);
        }

        NoteChanges(labels, ids);
        return NoteLabels(labels);
    }

    /// <summary>The books of an epoch, which then begin anew.</summary>
    /// <param name="epoch">What else was measured.</param>
    public MeasuredEpoch Close(MeasuredEpoch epoch)
    {
        int seen = _seen.Count(n => n > 0),
            repeated = _seen.Count(n => n > 1);
        (double[] quantiles, int[] worst) = Margins();
        for (int k = 0; k < _labels.Length; k++)
        {
            _allLabels[k] += _labels[k];
        }

        // Of an epoch that broke off the labels may be a few of all.
        double all = Entropy(_allLabels);
        MeasuredEpoch closed = epoch with
        {
            ItemsSeen = seen,
            ItemsRepeated = repeated,
            BatchesRepeated = _repeatedBatches,
            InputsRepeated = _repeatedInputs,
            LabelsChanged = _labelsChanged,
            AlikeInBatch = _alikeInBatch,
            ClassItemsSeen = _batches > 0 ? [.. _labels.Select(n => (int)Math.Min(n, int.MaxValue))] : [],
            LabelMix = _batches > 0 && all > 0 ? _entropy / _batches / all : double.NaN,
            MarginQuantiles = quantiles,
            WorstItems = worst,
        };
        (_before, _now) = (_now, new ulong[_now.Length]);
        Array.Clear(_seen);
        Array.Clear(_labels);
        _fed.Clear();
        (_entropy, _batches, _repeatedInputs, _repeatedBatches) = (0, 0, 0, 0);
        (_labelsChanged, _alikeInBatch) = (0, 0);
        return closed;
    }

    private void Grow(int[] ids)
    {
        int most = ids.Length == 0 ? 0 : ids.Max() + 1;
        if (most > _seen.Length)
        {
            int size = Math.Max(most, 2 * _seen.Length);
            Array.Resize(ref _seen, size);
            Array.Resize(ref _now, size);
            Array.Resize(ref _before, size);
            Array.Resize(ref _labelBefore, size);
            Array.Resize(ref _margins, size);
            Array.Resize(ref _marginCounts, size);
        }
    }

    private void NoteInputs(Tensor inputs, int[] ids)
    {
        if (inputs.DType != DType.Float32 || ids.Length == 0)
        {
            return;
        }

        ReadOnlySpan<float> values = inputs.AsSpan<float>();
        int length = values.Length / ids.Length;
        _inBatch.Clear();
        for (int i = 0; i < ids.Length; i++)
        {
            // 0 stands for an item that was not fed.
            ulong hash = Math.Max(1, XxHash3.HashToUInt64(MemoryMarshal.AsBytes(values.Slice(i * length, length))));
            int id = ids[i];
            _repeatedInputs += _before[id] == hash ? 1 : 0;
            _now[id] = hash;
            _seen[id]++;
            _alikeInBatch += _inBatch.TryGetValue(hash, out int other) && other != id ? 1 : 0;
            _inBatch[hash] = id;
        }
    }

    /// <summary>Notes items whose label is not the one they came with last.</summary>
    private void NoteChanges(ReadOnlySpan<long> labels, int[] ids)
    {
        for (int i = 0; i < Math.Min(ids.Length, labels.Length); i++)
        {
            // 0 stands for an item without a label so far.
            int label = labels[i] >= 0 && labels[i] < _classes ? (int)labels[i] + 1 : 0;
            _labelsChanged += label > 0 && _labelBefore[ids[i]] > 0 && _labelBefore[ids[i]] != label ? 1 : 0;
            _labelBefore[ids[i]] = label;
        }
    }

    private void NoteMargins(Tensor scores, ReadOnlySpan<long> labels, int[] ids)
    {
        float[] values = scores.DType == DType.Float32 ? scores.ToArray() : scores.To(DType.Float32).ToArray();
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<float> row = values.AsSpan(i * _classes, _classes);
            float own = labels[i] >= 0 && labels[i] < _classes ? row[(int)labels[i]] : float.NaN,
                other = float.NegativeInfinity;
            for (int k = 0; k < row.Length; k++)
            {
                other = k == labels[i] ? other : Math.Max(other, row[k]);
            }

            if (float.IsFinite(own - other))
            {
                _margins[ids[i]] += own - other;
                _marginCounts[ids[i]]++;
            }
        }
    }

    private double NoteLabels(ReadOnlySpan<long> labels)
    {
        long[] counts = new long[_classes];
        foreach (long label in labels)
        {
            if (label >= 0 && label < _classes)
            {
                counts[label]++;
                _labels[label]++;
            }
        }

        double entropy = Entropy(counts);
        _entropy += entropy;
        _batches++;
        return entropy;
    }

    private (double[] Quantiles, int[] Worst) Margins()
    {
        (int Item, double Margin)[] means =
        [
            .. Enumerable
                .Range(0, _margins.Length)
                .Where(i => _marginCounts[i] > 0)
                .Select(i => (i, (double)_margins[i] / _marginCounts[i]))
                .OrderBy(m => m.Item2)
                .ThenBy(m => m.i),
        ];
        double[] shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95];
        return means.Length == 0
            ? ([], [])
            : (
                [.. shares.Select(s => means[(int)Math.Floor(s * (means.Length - 1))].Margin)],
                [.. means.TakeWhile(m => m.Margin < 0).Take(64).Select(m => m.Item)]
            );
    }

    private static double Entropy(long[] counts)
    {
        double total = counts.Sum();
        return total == 0 ? 0 : -counts.Where(c => c > 0).Sum(c => c / total * Math.Log(c / total));
    }
}

using System.Collections.ObjectModel;

namespace Fovea.Workbench;

/// <summary>The metrics of a run, used together.</summary>
internal sealed class MetricSet
{
    private readonly IReadOnlyList<Metric> _metrics;

    /// <summary>Takes metrics of different names.</summary>
    /// <exception cref="ArgumentException">A name is empty or stands there twice.</exception>
    public MetricSet(IReadOnlyList<Metric>? metrics)
    {
        _metrics = metrics ?? [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Metric metric in _metrics)
        {
            if (string.IsNullOrWhiteSpace(metric.Name) || !names.Add(metric.Name))
            {
                throw new ArgumentException(
                    $"Metrics: each needs a name that no other has, got '{metric.Name}'{(names.Contains(metric.Name) ? " twice" : "")}. Set Name, e.g. new MeanAbsoluteError {{ Name = \"depth\" }}."
                );
            }
        }
    }

    public int Count => _metrics.Count;

    public void Reset()
    {
        foreach (Metric metric in _metrics)
        {
            metric.Reset();
        }
    }

    public void Add(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets)
    {
        foreach (Metric metric in _metrics)
        {
            metric.Add(outputs, targets);
        }
    }

    /// <summary>The values by name, in the order of the metrics.</summary>
    public IReadOnlyDictionary<string, double> Values()
    {
        OrderedDictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (Metric metric in _metrics)
        {
            values.Add(metric.Name, metric.Value);
        }

        return new ReadOnlyDictionary<string, double>(values);
    }
}

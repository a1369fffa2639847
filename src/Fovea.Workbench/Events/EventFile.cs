using System.Globalization;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Writes an event file, which TensorBoard and others show: curves, histograms, images, a graph.</summary>
/// <remarks>
/// One file is one run, named by its folder. It is appended to only, a record at a time, so it can be looked at while
/// it grows. Messages are those of tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
/// </remarks>
public sealed class EventFile : IDisposable
{
    private const int WallTime = 1;
    private const int Step = 2;
    private const int FileVersion = 3;
    private const int GraphDefinition = 4;
    private const int Summary = 5;
    private const int SessionLog = 7;
    private const int SessionStart = 1;
    private const int SimpleValue = 2;
    private const int LargestSide = 4096;

    private readonly FileStream _stream;
    private readonly TimeProvider _time;

    /// <summary>Creates a new file, <c>events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER</c>, with the format's version in
    /// it.</summary>
    /// <param name="folder">The folder, created where missing. Files of earlier runs in it are left alone.</param>
    /// <param name="time">Where times come from; the machine's where left out.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    public EventFile(string folder, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _time = time ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        _stream = CreateNew(folder, _time.GetUtcNow().ToUnixTimeSeconds());
        Write(0, e => e.Text(FileVersion, "brain.Event:2"));
    }

    /// <summary>The file.</summary>
    public string FilePath => _stream.Name;

    /// <summary>Says that a run goes on from a checkpoint: what earlier files hold from a step on is no longer shown, as it
    /// is written anew.</summary>
    /// <param name="step">The first step written anew.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Restarted(long step) => Write(step, e => e.Message(SessionLog, s => s.Integer(1, SessionStart)));

    /// <summary>Adds a point to a curve.</summary>
    /// <param name="tag">The curve, e.g. <c>loss</c>; the part before a slash groups curves.</param>
    /// <param name="step">Where, 0 or more.</param>
    /// <param name="value">The value; kept as Float32.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Scalar(string tag, long step, double value) =>
        Value(tag, step, v => v.Float(SimpleValue, (float)value));

    /// <summary>Adds a histogram of values, in 30 buckets of equal width.</summary>
    /// <param name="tag">What it is of, e.g. <c>weights/conv1.weight</c>.</param>
    /// <param name="step">When, 0 or more.</param>
    /// <param name="values">Any shape. Values that are not finite are left out.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Histogram(string tag, long step, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] rows = HistogramBuckets.Of(values.ToArray<double>());
        Value(tag, step, v => EventMessages.Histogram(v, rows));
    }

    /// <summary>Adds an image.</summary>
    /// <param name="tag">What it shows. A viewer keeps about ten for each.</param>
    /// <param name="step">When, 0 or more.</param>
    /// <param name="image">Gray [1, H, W] or RGB [3, H, W], 0-1, up to 4096 pixels a side.</param>
    /// <exception cref="ShapeException">It is none.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Image(string tag, long step, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Rank != 3 || image.Shape[0] is not (1 or 3) || image.Shape.Any(s => s is < 1 or > LargestSide))
        {
            throw new ShapeException(
                $"EventFile.Image: image must be [1, H, W] or [3, H, W] with sides of 1 to {LargestSide}, got {image.Shape}."
            );
        }

        (int height, int width) = (image.Shape[1], image.Shape[2]);
        byte[] png = PngEncoder.Encode(image.ToArray(), image.Shape[0], height, width);
        Value(tag, step, v => EventMessages.Image(v, width, height, png));
    }

    /// <summary>Adds a network's graph. A run shows one.</summary>
    /// <param name="graph">The graph.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Graph(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Write(0, e => e.Blob(GraphDefinition, EventGraph.Definition(graph)));
    }

    /// <summary>Brings what was written to the disk.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush() => _stream.Flush(flushToDisk: true);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private static FileStream CreateNew(string folder, long seconds)
    {
        string host = string.Concat(Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        for (int number = 0; ; number++)
        {
            string path = Path.Combine(
                folder,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"events.out.tfevents.{seconds:D10}.{host}.{Environment.ProcessId}.{number}"
                )
            );
            try
            {
                // Without a buffer: each record is one write.
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            }
            catch (IOException) when (File.Exists(path)) { }
        }
    }

    private void Value(string tag, long step, Action<FieldWriter> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        Write(
            step,
            e =>
                e.Message(
                    Summary,
                    s =>
                        s.Message(
                            1,
                            v =>
                            {
                                v.Text(1, tag);
                                content(v);
                            }
                        )
                )
        );
    }

    private void Write(long step, Action<FieldWriter> content)
    {
        double seconds = _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        ReadOnlySpan<byte> message = FieldWriter.Message(e =>
        {
            e.Double(WallTime, seconds);
            if (step != 0)
            {
                e.Integer(Step, step);
            }

            content(e);
        });
        _stream.Write(EventRecord.Frame(message));
    }
}

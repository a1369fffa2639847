namespace Fovea.Kernels;

/// <summary>A tensor [Batch, Channels, Plane] whose statistics are taken by channel, and how that work is
/// cut.</summary>
/// <param name="Batch">Images.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Plane">Values of a channel in one image.</param>
/// <remarks>A channel is cut into parts of whole images; a task takes one part of several neighbouring channels. All
/// cuts depend on the sizes alone.</remarks>
internal readonly record struct ChannelGeometry(int Batch, int Channels, int Plane)
{
    private const int TaskValues = 32768;

    /// <summary>Values of one channel.</summary>
    public long PerChannel => (long)Batch * Plane;

    /// <summary>Images of one part.</summary>
    public int ImagesPerPart => Math.Clamp(TaskValues / Math.Max(1, Plane), 1, Math.Max(1, Batch));

    /// <summary>Parts of a channel.</summary>
    public int Parts => (Batch + ImagesPerPart - 1) / ImagesPerPart;

    /// <summary>First value of a channel in an image.</summary>
    public long Offset(int image, int channel) => (((long)image * Channels) + channel) * Plane;

    /// <summary>Runs <paramref name="body"/>(channel, part) for all.</summary>
    public void ForParts(Action<int, int> body)
    {
        int channels = Channels,
            parts = Parts;
        int share = (int)Math.Clamp(TaskValues / Math.Max(1L, (long)ImagesPerPart * Plane), 1, Math.Max(1, channels));
        int groups = (channels + share - 1) / share;
        WorkerPool.For(
            parts * groups,
            task =>
            {
                int part = task / groups,
                    first = task % groups * share;
                for (int channel = first; channel < Math.Min(channels, first + share); channel++)
                {
                    body(channel, part);
                }
            }
        );
    }
}

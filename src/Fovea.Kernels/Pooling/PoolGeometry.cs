namespace Fovea.Kernels;

/// <summary>Everything that describes a pool's sizes. Layouts: x [Planes, D, H, W], y [Planes, Do, Ho, Wo], contiguous;
/// a plane is one channel of one image.</summary>
/// <param name="Planes">Images times channels.</param>
/// <param name="Depth">First spatial axis; <see cref="PoolAxis.None"/> below three dimensions.</param>
/// <param name="Height">Second spatial axis; <see cref="PoolAxis.None"/> in one dimension.</param>
/// <param name="Width">Last spatial axis.</param>
internal sealed record PoolGeometry(int Planes, PoolAxis Depth, PoolAxis Height, PoolAxis Width)
{
    /// <summary>Values in one plane of x.</summary>
    public int InPlane { get; } = checked(Depth.In * Height.In * Width.In);

    /// <summary>Values in one plane of y.</summary>
    public int OutPlane { get; } = checked(Depth.Out * Height.Out * Width.Out);

    /// <summary>Whether the one window of every axis is the whole axis.</summary>
    public bool IsGlobal => Depth.Tile == Depth.In && Height.Tile == Height.In && Width.Tile == Width.In;

    /// <summary>Runs <paramref name="body"/> for every plane.</summary>
    public void ForPlanes(Action<int> body) =>
        PlaneChunks.For(
            Planes,
            Math.Max(InPlane, OutPlane),
            (first, end) =>
            {
                for (int plane = first; plane < end; plane++)
                {
                    body(plane);
                }
            }
        );
}
